def model(dbt, session):
    sales, cheap, shops = dbt.ref("sales"), dbt.ref("cheap"), dbt.source("raw", "shops")
    return session.sql(
        """
        select s.shop, shops.name, shops.opened, count(*) as sold, sum(s.price) as total, count(c.id) as cheap
        from sales as s left join cheap as c using (id) left join shops on shops.id = s.shop
        group by all
        """
    )
